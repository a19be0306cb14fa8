import { z } from 'zod';

/** What a column of a dataset holds. `docs/datasets.md` says how each is inferred and stored. */
export const featureTypes = ['numeric', 'categorical', 'text', 'timestamp', 'image', 'array'] as const;
export const featureTypeSchema = z.enum(featureTypes).meta({ id: 'FeatureType' });
export type FeatureType = z.infer<typeof featureTypeSchema>;

/** Number types of stored values. */
export const shardDtypes = ['float32', 'int32', 'uint8'] as const;
export type ShardDtype = (typeof shardDtypes)[number];

/** File formats that are read. */
export const datasetFormats = ['csv', 'tsv', 'jsonl', 'npy', 'npz', 'parquet', 'images'] as const;
export const datasetFormatSchema = z.enum(datasetFormats).meta({ id: 'DatasetFormat' });
export type DatasetFormat = z.infer<typeof datasetFormatSchema>;

import type { ReactNode } from 'react';
import { valueAt } from '../../../ui/json/values.js';
import { InputFields, MetricsField, TargetFields } from './DataFields.js';
import { FieldGroup } from './FieldGroup.js';
import { useForm } from './formState.js';
import { NamedField, OptionFields } from './NamedField.js';
import { ClipFields, RuleFields, TelemetryFields } from './RuleFields.js';
import { SchemaField } from './SchemaField.js';

/** What most people set. */
export function UsualFields(): ReactNode {
  return (
    <div className="settings-fields">
      <SchemaField path={['name']} />
      <TargetFields />
      <InputFields />
      <NamedField path={['loss']} />
      <MetricsField />
      <NamedField path={['optimizer']} />
      <SchemaField path={['optimizer', 'learningRate']} />
      <SchemaField path={['batchSize']} />
      <SchemaField path={['epochs']} />
      <SchemaField path={['seed']} />
    </div>
  );
}

/** How rows are split, and what becomes of their values. */
export function RowsGroup(): ReactNode {
  return (
    <FieldGroup title="Split and rows" settings={['split', 'shuffle', 'classWeights']}>
      <SchemaField path={['split', 'by']} label="Split" isExplained />
      <SchemaField path={['split', 'train']} label="Training share" />
      <SchemaField path={['split', 'validation']} label="Validation share" />
      <SplitColumn />
      <SchemaField path={['split', 'seed']} label="Split seed" />
      <SchemaField path={['shuffle']} />
      <SchemaField path={['inputs', 0, 'scale']} label="Scale of inputs" />
      <SchemaField path={['inputs', 0, 'missing']} label="Missing inputs" isExplained />
      <SchemaField path={['target', 'missing']} label="Missing targets" isExplained />
      <SchemaField path={['classWeights']} isExplained />
    </FieldGroup>
  );
}

/** The column of a split that goes by one. */
function SplitColumn(): ReactNode {
  const { document } = useForm();
  const by = valueAt(document, ['split', 'by']);
  const isUsed =
    by === 'column' || by === 'stratified' || valueAt(document, ['split', 'column']) !== undefined;
  return isUsed && <SchemaField path={['split', 'column']} label="Split column" isExplained />;
}

/** How weights change. */
export function OptimizerGroup(): ReactNode {
  return (
    <FieldGroup title="Schedule, clipping and optimizer" settings={['schedule', 'clip', 'accumulate']}>
      <NamedField path={['schedule']} />
      <OptionFields path={['schedule']} />
      <ClipFields />
      <SchemaField path={['accumulate']} isExplained />
      <OptionFields path={['optimizer']} except={['learningRate']} />
    </FieldGroup>
  );
}

/** What ends it. */
export function EndGroup(): ReactNode {
  return (
    <FieldGroup
      title="Early stopping and limits"
      settings={['steps', 'earlyStopping', 'reduceOnPlateau', 'terminateOnNaN', 'limits']}
    >
      <SchemaField path={['steps']} isExplained />
      <RuleFields
        name="earlyStopping"
        label="Early stopping"
        fields={['monitor', 'mode', 'patience', 'minDelta', 'startFromEpoch', 'restoreBest']}
      />
      <RuleFields
        name="reduceOnPlateau"
        label="Reduce on plateau"
        fields={['monitor', 'mode', 'factor', 'patience', 'minDelta', 'cooldown', 'minLearningRate']}
      />
      <SchemaField path={['terminateOnNaN']} label="Stop at NaN" />
      <SchemaField path={['limits', 'seconds']} label="Seconds at most" isExplained />
    </FieldGroup>
  );
}

/** With how many digits, and how steps are carried out. */
export function PrecisionGroup(): ReactNode {
  return (
    <FieldGroup
      title="Precision and speed"
      settings={['precision', 'executor', 'stepsPerCall', 'checkpointing']}
    >
      <SchemaField path={['precision']} isExplained />
      <SchemaField path={['executor']} isExplained />
      <SchemaField path={['stepsPerCall']} isExplained />
      <SchemaField path={['checkpointing', 'activations']} label="Activations" isExplained />
    </FieldGroup>
  );
}

const CHECKPOINTS = [
  ...['everyEpochs', 'everySteps', 'everyMinutes', 'keepLast', 'keepBest', 'monitor', 'mode'],
] as const;

/** What is kept, and what is told. */
export function RecordsGroups(): ReactNode {
  return (
    <>
      <FieldGroup title="Checkpoints" settings={['checkpoints']}>
        {CHECKPOINTS.map((name) => (
          <SchemaField key={name} path={['checkpoints', name]} isExplained />
        ))}
      </FieldGroup>
      <FieldGroup title="Telemetry" settings={['telemetry']}>
        <TelemetryFields />
      </FieldGroup>
    </>
  );
}

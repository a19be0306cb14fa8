// Which page lies at which path. A page's code is loaded when it is opened.

import { createBrowserRouter, Navigate } from 'react-router';
import { Layout } from './Layout.js';
import { Missing } from './Missing.js';
import { RouteError } from './RouteError.js';

export const router = createBrowserRouter([
  {
    element: <Layout />,
    errorElement: <RouteError />,
    children: [
      { index: true, element: <Navigate to="/runs" replace /> },
      {
        path: 'runs',
        lazy: async () => ({ Component: (await import('../pages/runs/RunsPage.js')).RunsPage }),
      },
      {
        path: 'runs/new',
        lazy: async () => ({ Component: (await import('../pages/newRun/NewRunPage.js')).NewRunPage }),
      },
      {
        path: 'runs/:runId',
        lazy: async () => ({ Component: (await import('../pages/run/RunPage.js')).RunPage }),
      },
      {
        path: 'compare',
        lazy: async () => ({ Component: (await import('../pages/compare/ComparePage.js')).ComparePage }),
      },
      {
        path: 'project',
        lazy: async () => ({ Component: (await import('../pages/project/ProjectPage.js')).ProjectPage }),
      },
      {
        path: 'datasets',
        lazy: async () => ({ Component: (await import('../pages/datasets/DatasetsPage.js')).DatasetsPage }),
      },
      {
        path: 'datasets/:datasetId',
        lazy: async () => ({ Component: (await import('../pages/datasets/DatasetPage.js')).DatasetPage }),
      },
      {
        path: 'models',
        lazy: async () => ({ Component: (await import('../pages/models/ModelsPage.js')).ModelsPage }),
      },
      {
        path: 'models/:modelId',
        lazy: async () => ({ Component: (await import('../pages/models/ModelPage.js')).ModelPage }),
      },
      { path: '*', element: <Missing /> },
    ],
  },
]);

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
      { path: '*', element: <Missing /> },
    ],
  },
]);

import { createBrowserRouter, Navigate } from 'react-router';
import { BrokenScreen, NoSuchScreen } from './layout/broken-screen.tsx';
import { Layout } from './layout/layout.tsx';

/** The screens of the console; each is loaded when it is first opened. */
export const createRouter = () =>
  createBrowserRouter(
    [
      {
        element: <Layout />,
        errorElement: <BrokenScreen />,
        children: [
          { index: true, element: <Navigate to="/runs" replace /> },
          { path: 'signed-in', element: <Navigate to="/runs" replace /> },
          { path: 'runs', lazy: async () => ({ Component: (await import('./runs/runs-screen.tsx')).RunsScreen }) },
          { path: 'jobs', lazy: async () => ({ Component: (await import('./jobs/jobs-screen.tsx')).JobsScreen }) },
          {
            path: 'jobs/new',
            lazy: async () => ({ Component: (await import('./jobs/editor/editor-screen.tsx')).EditorScreen }),
          },
          { path: 'jobs/:job', lazy: async () => ({ Component: (await import('./jobs/job-screen.tsx')).JobScreen }) },
          {
            path: 'jobs/new/start',
            lazy: async () => ({ Component: (await import('./jobs/start/start-text-screen.tsx')).StartTextScreen }),
          },
          {
            path: 'jobs/:job/start',
            lazy: async () => ({ Component: (await import('./jobs/start/start-screen.tsx')).StartScreen }),
          },
          {
            path: 'schedules',
            lazy: async () => ({ Component: (await import('./schedules/schedules-screen.tsx')).SchedulesScreen }),
          },
          {
            path: 'schedules/new',
            lazy: async () => ({ Component: (await import('./schedules/schedule-edit-screen.tsx')).NewScheduleScreen }),
          },
          {
            path: 'schedules/:schedule',
            lazy: async () => ({ Component: (await import('./schedules/schedule-screen.tsx')).ScheduleScreen }),
          },
          {
            path: 'schedules/:schedule/history',
            lazy: async () => ({ Component: (await import('./schedules/schedule-screen.tsx')).ScheduleScreen }),
          },
          {
            path: 'schedules/:schedule/edit',
            lazy: async () => ({
              Component: (await import('./schedules/schedule-edit-screen.tsx')).EditScheduleScreen,
            }),
          },
          { path: 'runs/:runId', lazy: async () => ({ Component: (await import('./runs/run-screen.tsx')).RunScreen }) },
          { path: 'exec', lazy: async () => ({ Component: (await import('./exec/exec-screen.tsx')).ExecScreen }) },
          { path: 'nodes', lazy: async () => ({ Component: (await import('./nodes/nodes-screen.tsx')).NodesScreen }) },
          { path: '*', element: <NoSuchScreen /> },
        ],
      },
    ],
    { basename: '/console' },
  );

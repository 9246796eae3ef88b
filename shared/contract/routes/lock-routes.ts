import {
  breakLockRequestSchema,
  brokenViewSchema,
  budgetViewSchema,
  lockViewSchema,
  putBudgetRequestSchema,
} from '../lock-views.ts';
import { pageSchemaOf } from '../pages.ts';
import { type ApiRoute, ask, read } from './api-route.ts';

/** Endpoints about what runs keep from each other. */
export const lockRoutes = {
  listLocks: {
    ...read,
    path: '/v1/locks',
    tag: 'locks',
    summary: 'List what runs keep from each other now: turns, budgets in use, leased nodes',
    answer: pageSchemaOf(lockViewSchema),
  },
  breakLock: {
    ...ask,
    path: '/v1/locks/break',
    tag: 'locks',
    summary: 'Take a turn, leases or the use of a budget away by hand',
    body: breakLockRequestSchema,
    answer: brokenViewSchema,
  },
  listBudgets: {
    ...read,
    path: '/v1/budgets',
    tag: 'locks',
    summary: 'List the disruption budgets',
    answer: pageSchemaOf(budgetViewSchema),
  },
  putBudget: {
    method: 'put',
    status: 200,
    secured: true,
    path: '/v1/budgets/{budget}',
    tag: 'locks',
    summary: 'Make a disruption budget, or replace it',
    body: putBudgetRequestSchema,
    answer: budgetViewSchema,
  },
  removeBudget: {
    method: 'delete',
    status: 200,
    secured: true,
    path: '/v1/budgets/{budget}',
    tag: 'locks',
    summary: 'Take a disruption budget away',
    answer: budgetViewSchema,
  },
} as const satisfies Record<string, ApiRoute>;

import { rateRecordSchema } from '#shared/model/rate.ts';
import type { RateScope, RateStore } from '#shared/ports/rate-store.ts';
import { conditionalWrite, isLive, live, type StoreContext, strongRead, whenNext } from './store-context.ts';
import { io } from './store-errors.ts';
import { isDone, readerOf } from './versioned-records.ts';

/** How long a limit is remembered that is over: the next one begins with its rate. */
const rememberedSeconds = 3600;

const read = readerOf(rateRecordSchema.strip(), 'a rate limit');

const scopeText = ({ agent, account, region }: RateScope): string => `${agent}#${account ?? ''}#${region}`;

/** Shared rate limits in the table. */
export const createRateStore = (context: StoreContext): RateStore => ({
  listRates: async (scope) => {
    const query = context.entities.rates.query.byScope({ scope: scopeText(scope) });
    const { data } = await io(query.go({ originalErr: true, pages: 'all' }));
    return data.filter((item) => isLive(context, item)).map(read);
  },
  getRate: async (key) => {
    const get = context.entities.rates.get({ scope: scopeText(key), action: key.action });
    const { data } = await io(get.go(strongRead));
    const item = live(context, data);
    return item && read(item);
  },
  putRate: (record) => {
    const { action, version } = record;
    const expiresAt = Math.ceil(record.closesAtMs / 1000) + rememberedSeconds;
    const item = { scope: scopeText(record), action, version, record: JSON.stringify(record), expiresAt };
    return isDone(context.entities.rates.put(item).where(whenNext(context, version)).go(conditionalWrite));
  },
});

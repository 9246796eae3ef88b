import { Link, useRouteError } from 'react-router';
import { Failure } from '../parts/failure.tsx';
import { Empty } from '../parts/states.tsx';

/** Instead of a screen that failed while it was drawn or loaded. */
export const BrokenScreen = () => <Failure error={useRouteError()} onRetry={() => location.reload()} />;

/** For an address that leads nowhere. */
export const NoSuchScreen = () => (
  <Empty>
    There is nothing at this address. <Link to="/runs">See the runs</Link>
  </Empty>
);

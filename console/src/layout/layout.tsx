import { NavLink, Outlet } from 'react-router';
import { useApi } from '../api/api-context.ts';
import { Button } from '../parts/button.tsx';
import styles from './layout.module.css';

const places = [
  { to: '/runs', name: 'Runs' },
  { to: '/jobs', name: 'Jobs' },
  { to: '/schedules', name: 'Schedules' },
  { to: '/nodes', name: 'Nodes' },
] as const;

/** What is around every screen: where one can go, who is signed in. */
export const Layout = () => {
  const { session, version } = useApi();
  return (
    <div className={styles['page']}>
      <header className={styles['bar']}>
        <NavLink to="/runs" className={() => styles['brand']}>
          Drover
        </NavLink>
        <nav aria-label="Main" className={styles['nav']}>
          {places.map(({ to, name }) => (
            <NavLink key={to} to={to} className={({ isActive }) => (isActive ? styles['here'] : '')}>
              {name}
            </NavLink>
          ))}
        </nav>
        <span className={styles['who']}>
          <span className="dim">{version}</span>
          {session.name}
          <Button onClick={() => void session.signOut()}>Sign out</Button>
        </span>
      </header>
      <main className={styles['main']}>
        <Outlet />
      </main>
    </div>
  );
};

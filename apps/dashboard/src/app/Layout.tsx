import { Suspense, type ReactNode } from 'react';
import { Link, NavLink, Outlet, useNavigate, useNavigation } from 'react-router';
import { useShortcut } from '../keyboard/Shortcuts.js';
import { SignInPage } from '../pages/signIn/SignInPage.js';
import { useSession } from '../session/SessionProvider.js';
import { ThemeToggle } from '../theme/ThemeToggle.js';
import { LoadingState } from '../ui/States.js';
import { ProjectMenu } from './ProjectMenu.js';
import './layout.css';

/** The frame of all pages: where one is, which project, and the way to sign in first. */
export function Layout(): ReactNode {
  const session = useSession();
  const navigate = useNavigate();
  const navigation = useNavigation();
  useShortcut('g r', 'Go to the runs', () => void navigate('/runs'));
  useShortcut('g n', 'Go to a new run', () => void navigate('/runs/new'));
  useShortcut('g p', 'Go to the project', () => void navigate('/project'));
  useShortcut('g d', 'Go to the datasets', () => void navigate('/datasets'));
  useShortcut('g m', 'Go to the models', () => void navigate('/models'));
  if (session.current === null) return <SignInPage />;
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <header className="layout-header">
        <Link to="/runs" className="layout-brand">
          <img src="/favicon.svg" alt="" width="24" height="24" />
          <span>Gradstream</span>
        </Link>
        <nav className="layout-nav" aria-label="Pages">
          <NavLink to="/runs" end>
            Runs
          </NavLink>
          <NavLink to="/runs/new">New run</NavLink>
          <NavLink to="/datasets" className="layout-nav-wide">
            Datasets
          </NavLink>
          <NavLink to="/models" className="layout-nav-wide">
            Models
          </NavLink>
        </nav>
        <div className="layout-tools">
          <ThemeToggle />
          <ProjectMenu />
        </div>
      </header>
      <div className="layout-progress" data-active={navigation.state !== 'idle'} />
      <main className="page" id="main" tabIndex={-1}>
        <Suspense fallback={<LoadingState what="the page" />}>
          <Outlet key={session.current.id} />
        </Suspense>
      </main>
    </>
  );
}

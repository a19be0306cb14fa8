import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import './tabs.css';

interface TabsProps<Name extends string> {
  readonly label: string;
  readonly tabs: readonly {
    readonly name: Name;
    readonly title: ReactNode;
    readonly content: () => ReactNode;
  }[];
}

/** Parts of a page of which one is shown; the address says which (`?tab=`). Arrows move between them. */
export function Tabs<Name extends string>({ label, tabs }: TabsProps<Name>): ReactNode {
  const [params, setParams] = useSearchParams();
  const list = useRef<HTMLDivElement>(null);
  const at = Math.max(
    0,
    tabs.findIndex(({ name }) => name === params.get('tab')),
  );
  const current = tabs[at];
  useEffect(() => {
    // Where there is no room for all of them, the one that is shown comes into sight; the page itself does not move.
    const tab = list.current?.querySelector('[aria-selected="true"]');
    if (!list.current || !tab) return;
    const [box, place] = [list.current.getBoundingClientRect(), tab.getBoundingClientRect()];
    list.current.scrollLeft += place.left + place.width / 2 - (box.left + box.width / 2);
  }, [at]);
  const select = (index: number): void => {
    const tab = tabs[(index + tabs.length) % tabs.length];
    if (!tab) return;
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        next.set('tab', tab.name);
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
    list.current?.querySelector<HTMLElement>(`[data-tab="${tab.name}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    select(next);
  };
  return (
    <div className="tabs">
      <div className="tabs-list" role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
        {tabs.map(({ name, title }, index) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            data-tab={name}
            aria-selected={index === at}
            aria-controls="tab-panel"
            tabIndex={index === at ? 0 : -1}
            onClick={() => select(index)}
          >
            {title}
          </button>
        ))}
      </div>
      <div
        id="tab-panel"
        role="tabpanel"
        aria-labelledby={`tab-${current?.name ?? ''}`}
        className="tabs-panel"
      >
        {current?.content()}
      </div>
    </div>
  );
}

import {
  createContext,
  use,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import './menu.css';

const CloseContext = createContext<() => void>(() => undefined);

interface MenuProps {
  readonly label: ReactNode;
  /** What the button is for, in words, where its label does not say it. */
  readonly hint?: string;
  /** The button's name for those who cannot see its label, where that is but a sign. */
  readonly name?: string;
  /** Without the sign that it opens. */
  readonly isBare?: boolean;
  readonly children: ReactNode;
}

const EDGE = 8;

/** Puts a list beside its button, in the top layer: nothing that scrolls cuts it off. Upwards where there is more room. */
function place(list: HTMLElement, button: HTMLElement): void {
  list.showPopover();
  const { top, bottom, right } = button.getBoundingClientRect();
  const { offsetHeight, offsetWidth } = list;
  const isUpwards = bottom + offsetHeight + EDGE > window.innerHeight && top > window.innerHeight - bottom;
  list.style.top = `${Math.max(EDGE, isUpwards ? top - offsetHeight : bottom)}px`;
  list.style.left = `${Math.max(EDGE, Math.min(right, window.innerWidth - EDGE) - offsetWidth)}px`;
}

const itemsOf = (menu: HTMLElement): HTMLElement[] => [
  ...menu.querySelectorAll<HTMLElement>('[role^="menuitem"]:not(:disabled)'),
];

/** A button that opens a list of commands. Arrows move, Escape closes (the menu button pattern of WAI-ARIA). */
export function Menu({ label, hint, name, isBare = false, children }: MenuProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const root = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  useLayoutEffect(() => {
    if (isOpen && list.current && button.current) place(list.current, button.current);
  }, [isOpen]);
  useEffect(() => {
    if (!isOpen) return undefined;
    if (list.current) itemsOf(list.current)[0]?.focus({ preventScroll: true });
    const onScroll = (event: Event): void => {
      if (event.target !== list.current) setOpen(false);
    };
    const onPress = (event: PointerEvent): void => {
      if (event.target instanceof Node && root.current?.contains(event.target) === false) setOpen(false);
    };
    document.addEventListener('pointerdown', onPress);
    document.addEventListener('scroll', onScroll, true);
    window.addEventListener('resize', onScroll);
    return () => {
      document.removeEventListener('pointerdown', onPress);
      document.removeEventListener('scroll', onScroll, true);
      window.removeEventListener('resize', onScroll);
    };
  }, [isOpen]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!list.current) return;
    const items = itemsOf(list.current);
    const at = items.findIndex((item) => item === document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next !== undefined) items.at(next % items.length)?.focus();
    else if (event.key === 'Escape') close();
    else if (event.key === 'Tab') setOpen(false);
    if (next !== undefined || event.key === 'Escape') event.preventDefault();
    if (event.key !== 'Tab') event.stopPropagation();
  };
  return (
    <div className="menu" ref={root}>
      <button
        ref={button}
        type="button"
        className="button button-quiet menu-button"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-label={name}
        title={hint}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        <span className="menu-label">{label}</span>
        {!isBare && <span aria-hidden="true">▾</span>}
      </button>
      {isOpen && (
        <CloseContext value={close}>
          <div
            ref={list}
            id={id}
            className="menu-list"
            role="menu"
            popover="manual"
            tabIndex={-1}
            onKeyDown={onKeyDown}
          >
            {children}
          </div>
        </CloseContext>
      )}
    </div>
  );
}

interface MenuItemProps {
  readonly children: ReactNode;
  /** Of one of several that exclude each other: whether it is the chosen one. */
  readonly checked?: boolean;
  readonly disabled?: boolean;
  readonly onSelect: () => void;
}

export function MenuItem({ children, checked, disabled = false, onSelect }: MenuItemProps): ReactNode {
  const close = use(CloseContext);
  return (
    <button
      type="button"
      className="menu-item"
      role={checked === undefined ? 'menuitem' : 'menuitemradio'}
      aria-checked={checked}
      tabIndex={-1}
      disabled={disabled}
      onClick={() => {
        close();
        onSelect();
      }}
    >
      <span className="menu-check" aria-hidden="true">
        {checked === true ? '✓' : ''}
      </span>
      <span>{children}</span>
    </button>
  );
}

import type { ReactNode } from 'react';
import { isSame, membersOf, pointerTo, type Json } from './pointers.js';

/** What is marked in a document, by place. */
export interface Marks {
  /** Set by somebody: left out, it would be another. */
  readonly set: ReadonlySet<string>;
  /** What it is in the run that this one was forked from; null for a run that is no fork. */
  readonly differs: ReadonlyMap<string, Json | undefined> | null;
}

export type Shown = 'all' | 'set' | 'fork';

interface JsonTreeProps {
  readonly value: Json;
  readonly marks: Marks;
  readonly shown: Shown;
  readonly isOpen: (depth: number) => boolean;
}

interface NodeProps extends JsonTreeProps {
  readonly name: string;
  readonly at: string;
  readonly depth: number;
}

/** Whether there is something to see at a place, or below it. */
function isShown({ shown, marks: { set, differs } }: JsonTreeProps, at: string): boolean {
  if (shown === 'all') return true;
  const places = shown === 'set' ? [...set] : [...(differs?.keys() ?? [])];
  return places.some((place) => place === at || place.startsWith(`${at}/`) || at.startsWith(`${place}/`));
}

const short = (value: Json | undefined): string => {
  if (value === undefined) return 'absent';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

function Signs({ at, marks: { set, differs } }: { readonly at: string; readonly marks: Marks }): ReactNode {
  return (
    <>
      {set.has(at) && (
        <span className="spec-set" title="Set: left out, it would be another">
          ● set
        </span>
      )}
      {differs?.has(at) === true && <span className="spec-differs">≠ was {short(differs.get(at))}</span>}
    </>
  );
}

const kindOf = (value: Json): string => {
  if (value === null) return 'null';
  return typeof value;
};

function Leaf({ name, at, value, marks }: NodeProps): ReactNode {
  return (
    <li className="spec-leaf">
      <span className="spec-key">{name}</span>
      <span className={`spec-value spec-${kindOf(value)}`}>{JSON.stringify(value)}</span>
      <Signs {...{ at, marks }} />
    </li>
  );
}

/** Lists of plain values are read in a line. */
const isPlain = (value: Json, members: readonly [string, Json][]): boolean =>
  members.length === 0 ||
  (Array.isArray(value) && members.length <= 12 && members.every(([, member]) => membersOf(member) === null));

function Node(props: NodeProps): ReactNode {
  const { name, at, value, marks, depth, isOpen } = props;
  if (!isShown(props, at)) return null;
  const members = membersOf(value);
  if (members === null || isPlain(value, members)) return <Leaf {...props} />;
  return (
    <li>
      <details open={isOpen(depth)}>
        <summary>
          <span className="spec-key">{name}</span>
          <span className="hint">{Array.isArray(value) ? `[${members.length}]` : `{${members.length}}`}</span>
          <Signs {...{ at, marks }} />
        </summary>
        <ul>
          {members.map(([key, member]) => (
            <Node key={key} {...props} name={key} at={pointerTo(at, key)} value={member} depth={depth + 1} />
          ))}
        </ul>
      </details>
    </li>
  );
}

/** A JSON document as a tree that folds, with marks. */
export function JsonTree(props: JsonTreeProps): ReactNode {
  const members = membersOf(props.value) ?? [];
  if (isSame(props.value, {})) return null;
  return (
    <ul className="spec-tree">
      {members.map(([key, member]) => (
        <Node key={key} {...props} name={key} at={pointerTo('', key)} value={member} depth={1} />
      ))}
    </ul>
  );
}

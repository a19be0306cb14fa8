import { useMutation, useQueryClient } from '@tanstack/react-query';
import { GradstreamError } from '@gradstream/sdk';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Button } from './Button.js';
import { Dialog } from './Dialog.js';
import { messageOf } from './messages.js';

interface RemoveDialogProps {
  /** What it is and its name: "the dataset digits". */
  readonly what: string;
  readonly children: ReactNode;
  readonly onRemove: () => Promise<unknown>;
  /** Removes it although something refers to it; where that can be. */
  readonly force?: { readonly label: string; readonly run: () => Promise<unknown> };
  readonly onRemoved: () => void;
  readonly onClose: () => void;
}

/** The first of a key in the cache that is of one thing alone. */
const GONE = ['dataset', 'model'];
const RUN_ID = /(run_[0-9a-f]{32})/;

/** A text with its runs as links. */
const linked = (text: string): ReactNode =>
  text.split(RUN_ID).map((part, at) =>
    RUN_ID.test(part) ? (
      <Link key={at} to={`/runs/${part}`}>
        {part.slice(0, 12)}…
      </Link>
    ) : (
      part
    ),
  );

/** Asks before something is removed for good; where something else needs it, says what. */
export function RemoveDialog(props: RemoveDialogProps): ReactNode {
  const { what, children, onRemove, force, onRemoved, onClose } = props;
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: (isForced: boolean) => (isForced && force ? force.run() : onRemove()),
    onSuccess: async () => {
      onRemoved();
      // Lists and counts; the thing itself is no more, and whoever asked for it would be told so.
      await cache.invalidateQueries({
        predicate: ({ queryKey }) => !GONE.includes(String(queryKey[0])),
      });
    },
  });
  const isUsed = remove.error instanceof GradstreamError && remove.error.code === 'IN_USE';
  return (
    <Dialog
      title={`Delete ${what}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          {isUsed && force ? (
            <Button kind="danger" isBusy={remove.isPending} onClick={() => remove.mutate(true)}>
              {force.label}
            </Button>
          ) : (
            <Button kind="danger" isBusy={remove.isPending} onClick={() => remove.mutate(false)}>
              Delete
            </Button>
          )}
        </>
      }
    >
      {children}
      {remove.error && (
        <p className="field-error" role="alert">
          {linked(messageOf(remove.error))}
        </p>
      )}
    </Dialog>
  );
}

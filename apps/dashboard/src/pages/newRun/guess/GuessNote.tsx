import type { ReactNode } from 'react';
import { Button } from '../../../ui/Button.js';
import type { Draft } from '../draft.js';
import { isStanding, type MadeGuess } from './madeGuess.js';

interface GuessNoteProps {
  readonly guess: MadeGuess;
  readonly draft: Draft;
  readonly onUndo: () => void;
}

/** What was guessed of a dataset, for as long as it can be taken back. */
export function GuessNote({ guess, draft, onUndo }: GuessNoteProps): ReactNode {
  if (!isStanding(draft, guess)) return null;
  return (
    <div className="guess-note" role="status">
      <div>
        <strong>Guessed from the dataset:</strong>
        <ul>
          {guess.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      </div>
      <Button onClick={onUndo}>Undo the guess</Button>
    </div>
  );
}

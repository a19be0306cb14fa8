import type { Checkpoint, DownloadFormat } from '@gradstream/sdk';
import type { ReactNode } from 'react';
import { Button } from '../../../ui/Button.js';
import { formatBytes, formatNumber, formatTime } from '../../../ui/format.js';
import { Menu, MenuItem } from '../../../ui/Menu.js';

/** What the buttons of a row ask for. */
export type CheckpointCommand = DownloadFormat | 'fork' | 'predict' | 'pin' | 'delete' | 'copyHash';

interface CheckpointRowProps {
  readonly checkpoint: Checkpoint;
  readonly series: readonly string[];
  readonly isBest: boolean;
  readonly isBusy: boolean;
  readonly canWrite: boolean;
  readonly onCommand: (command: CheckpointCommand) => void;
}

/** Signs with words: what is special about a checkpoint. */
function Signs({
  checkpoint: { pinned, resumable },
  isBest,
}: Pick<CheckpointRowProps, 'checkpoint' | 'isBest'>): ReactNode {
  return (
    <span className="checkpoints-signs">
      {isBest && <span className="checkpoints-best">best</span>}
      {pinned && <span>⚲ pinned</span>}
      {!resumable && (
        <span title="It holds no optimizer state: it can be used, but training cannot go on from it">
          weights alone
        </span>
      )}
    </span>
  );
}

export function CheckpointRow(props: CheckpointRowProps): ReactNode {
  const { checkpoint, series, isBest, isBusy, canWrite, onCommand } = props;
  const { step, epoch, metrics, bytes, pinned, resumable, createdAt } = checkpoint;
  return (
    <tr className={isBest ? 'checkpoints-row-best' : ''}>
      <th scope="row" className="number">
        {isBest && (
          <span className="checkpoints-best" aria-hidden="true">
            ★{' '}
          </span>
        )}
        {formatNumber(step)}
      </th>
      <td className="number">{epoch}</td>
      {series.map((name) => (
        <td key={name} className="number">
          {formatNumber(metrics[name])}
        </td>
      ))}
      <td>
        <Signs checkpoint={checkpoint} isBest={isBest} />
      </td>
      <td className="number">{formatBytes(bytes)}</td>
      <td className="number">{formatTime(createdAt)}</td>
      <td>
        <div className="checkpoints-buttons">
          <Button
            isBusy={isBusy}
            aria-label={`Download step ${step} as safetensors`}
            onClick={() => onCommand('safetensors')}
          >
            Download
          </Button>
          <Button aria-label={`Predict with step ${step}`} onClick={() => onCommand('predict')}>
            Predict
          </Button>
          <Menu label="More" hint={`More for step ${step}`}>
            <MenuItem disabled={!canWrite || !resumable} onSelect={() => onCommand('fork')}>
              Fork here …
            </MenuItem>
            <MenuItem onSelect={() => onCommand('tfjs')}>Download for TensorFlow.js</MenuItem>
            <MenuItem disabled={!canWrite} onSelect={() => onCommand('pin')}>
              {pinned ? 'Unpin' : 'Pin against deletion'}
            </MenuItem>
            <MenuItem onSelect={() => onCommand('copyHash')}>Copy SHA-256</MenuItem>
            <MenuItem disabled={!canWrite || pinned} onSelect={() => onCommand('delete')}>
              Delete …
            </MenuItem>
          </Menu>
        </div>
      </td>
    </tr>
  );
}

import type { ReactNode } from 'react';
import type { FeedStatus } from '../../live/Feed.js';
import { Button } from '../../ui/Button.js';
import { messageOf } from '../../ui/messages.js';
import './connection.css';

/** How the page stands to the run's stream, in a word or two. */
export function ConnectionStatus({
  status,
  onRetry,
}: {
  readonly status: FeedStatus;
  readonly onRetry?: () => void;
}): ReactNode {
  return (
    <span className={`connection connection-${status.kind}`} role="status">
      {textOf(status)}
      {status.kind === 'failed' && onRetry && <Button onClick={onRetry}>Try again</Button>}
    </span>
  );
}

function textOf(status: FeedStatus): string {
  switch (status.kind) {
    case 'loading':
      return 'Loading the history …';
    case 'live':
      return 'Live';
    case 'reconnecting':
      return `Reconnecting, last step ${status.lastStep}`;
    case 'ended':
      return 'Complete';
    case 'failed':
      return `Not live: ${messageOf(status.error)}`;
  }
}

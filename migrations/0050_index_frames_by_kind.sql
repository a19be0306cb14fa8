-- Up Migration

-- What is rare among frames is found without reading all others: events, and gradients of runs that tell few or none.
-- Frames of metrics, most of all, are in neither.
CREATE INDEX run_frames_events ON run_frames (run_id, seq) WHERE kind = 'event';
CREATE INDEX run_frames_gradients ON run_frames (run_id, seq) WHERE kind = 'gradients';

-- Down Migration

DROP INDEX run_frames_events, run_frames_gradients;

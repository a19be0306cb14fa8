// What TensorFlow 2.21 says on standard error whenever it starts. None of it is ever the reason of a failure.

const NOTICES = [
  // Abseil's log, severity INFO, such as "oneDNN custom operations are on"; some come whatever TF_CPP_MIN_LOG_LEVEL says.
  /^I\d{4} \d\d:\d\d:\d+\.\d+\s+\d+ \S+:\d+\] /,
  /^WARNING: All log messages before absl::InitializeLog\(\) is called are written to STDERR$/,
  // The second line of "This TensorFlow binary is optimized to use available CPU instructions".
  /^To enable the following instructions: .* rebuild TensorFlow with the appropriate compiler flags\.$/,
];

/** Whether a line of a trainer is one that it writes in every run. */
export function isNotice(line: string): boolean {
  return NOTICES.some((notice) => notice.test(line));
}

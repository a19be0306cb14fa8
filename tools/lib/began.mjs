// When a command began, also when it had to start itself again under another Node.

const { GRADSTREAM_BEGAN: given } = process.env;
delete process.env.GRADSTREAM_BEGAN; // Of this command alone, not of those that it starts.

/** When the command began, by performance.now() of this process: below zero when that was in another one. */
export const began = given === undefined ? 0 : Number(given) - performance.timeOrigin;

/** The environment that tells the process which goes on with this command. */
export const beganEnvironment = () => ({ GRADSTREAM_BEGAN: String(performance.timeOrigin + began) });

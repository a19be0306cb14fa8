// Programs and processes: run one to its end, and know one again later. Linux only (/proc).

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { interruption } from './interrupt.mjs';

/**
 * Runs a program to its end. It has a process group of its own, all of which is stopped when we are told to end: python3
 * may be a script that starts the real one.
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions & { onLine?: (line: string) => void }} [options]
 * @returns {Promise<{ code: number, output: string }>} code -1 when it could not be started
 */
export function runProgram(program, args, { onLine, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options });
    const stop = () => child.pid && signalProcess(-child.pid, 'SIGTERM');
    interruption.addEventListener('abort', stop);
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output += chunk;
      for (const line of chunk.toString().split('\n')) if (line.trim()) onLine?.(line.trim());
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    const end = (/** @type {number} */ code, /** @type {string} */ text) => {
      interruption.removeEventListener('abort', stop);
      resolve({ code, output: text });
    };
    child.on('error', (error) => end(-1, error.message));
    child.on('close', (code) => end(code ?? -1, output));
  });
}

/**
 * State and start time of a process, in clock ticks since boot; together with the pid that names it for good.
 * @param {number} pid
 * @returns {{ state: string, startTicks: number } | null} null when there is no such process
 */
export function processStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startTicks: Number(fields[19]) };
  } catch {
    return null; // It has ended.
  }
}

/** Whether a recorded process still runs: same pid, same start, and no zombie. */
export function isAlive(/** @type {{ pid: number, startTicks: number } | null} */ record) {
  const stat = record && processStat(record.pid);
  return Boolean(stat && stat.startTicks === record.startTicks && stat.state !== 'Z' && stat.state !== 'X');
}

/** Writes down a running process; at once, so that hardly a moment is left in which a SIGKILL would make it unknown. */
export function writeRecord(/** @type {string} */ file, /** @type {number} */ pid) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ pid, startTicks: processStat(pid)?.startTicks ?? 0 }), {
    mode: 0o600,
  });
}

/** Reads a process's record. @returns {{ pid: number, startTicks: number } | null} */
export function readRecord(/** @type {string} */ file) {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
  } catch {
    return null; // Half written by a killed process: the same as none.
  }
}

/** Sends a signal; a process that has ended meanwhile needs none. */
function signalProcess(/** @type {number} */ pid, /** @type {string} */ signal) {
  try {
    process.kill(pid, /** @type {NodeJS.Signals} */ (signal));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
  }
}

/** Signals a recorded process and waits for its end; SIGKILL after `patienceMs`. */
export async function stopRecorded(/** @type {string} */ file, signal = 'SIGTERM', patienceMs = 20_000) {
  const record = readRecord(file);
  if (record && isAlive(record)) {
    signalProcess(record.pid, signal);
    const deadline = Date.now() + patienceMs;
    while (isAlive(record)) {
      if (Date.now() > deadline) signalProcess(record.pid, 'SIGKILL');
      await delay(50);
    }
  }
  await rm(file, { force: true });
}

/** Whether something listens on a port of 127.0.0.1. @returns {Promise<boolean>} */
export function isListening(/** @type {number} */ port) {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' });
    const done = (/** @type {boolean} */ open) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.setTimeout(1000, () => done(false));
  });
}

/** A port of 127.0.0.1 that is free now; `wanted` when that is. @returns {Promise<number>} */
export function freePort(wanted = 0) {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', (error) => (wanted ? resolve(freePort(0)) : reject(error)));
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

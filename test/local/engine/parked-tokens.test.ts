import { describe, expect, it, vi } from 'vitest';
import { createParkedTokens, realTimers } from '#local/engine/parked-tokens.ts';

describe('parked tokens', () => {
  it('end a wait when they are completed, once', async () => {
    const tokens = createParkedTokens(realTimers);
    const waiting = tokens.wait('a', 60);

    expect(tokens.complete('a')).toBe(true);
    expect(tokens.complete('a')).toBe(false);
    await expect(waiting).resolves.toBeUndefined();
  });

  it('do not know a token that nobody waits for', () => {
    expect(createParkedTokens(realTimers).complete('never')).toBe(false);
  });

  it('time a wait out with the name that the state machine catches', async () => {
    vi.useFakeTimers();
    const tokens = createParkedTokens(realTimers);
    const waiting = tokens.wait('a', 2);
    const failed = expect(waiting).rejects.toMatchObject({ name: 'States.Timeout' });

    await vi.advanceTimersByTimeAsync(2_000);

    await failed;
    expect(tokens.complete('a')).toBe(false);
    vi.useRealTimers();
  });

  it('wait longer than one timer of Node.js can', async () => {
    vi.useFakeTimers();
    const tokens = createParkedTokens(realTimers);
    const ended = vi.fn();
    tokens.wait('a', 30 * 86_400).catch(ended);

    await vi.advanceTimersByTimeAsync(29 * 86_400_000);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(86_400_000);

    expect(ended).toHaveBeenCalledOnce();
    vi.useRealTimers();
  });

  it('let go of every wait when they are closed', async () => {
    const tokens = createParkedTokens(realTimers);
    const waiting = tokens.wait('a', 60);
    const failed = expect(waiting).rejects.toMatchObject({ name: 'Local.Closed' });

    tokens.close();

    await failed;
  });
});

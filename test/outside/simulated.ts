/** The simulator from outside: its paths below /simulator and what they answer, and the header that tells it apart. */
import { FAULTS } from '../../src/simulator/faults.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { pathsIn } from './values.ts';

const PATHS = ['GET metrics', 'GET spoken', 'GET settings', 'PUT settings', 'POST clock', 'POST reset'];
const BODIES: Readonly<Record<string, object>> = { 'PUT settings': { seed: 1 }, 'POST clock': { advanceSeconds: 1 } };

/** `GET /simulator/metrics 200 enroll.calls`, … */
export async function readSimulator(): Promise<string[]> {
  const simulator = await startSimulator({ voiceEngine: 'tones', faults: [{ kind: 'stall', nth: 9 }] });
  const found = new Set(Object.entries(FAULTS).map(([kind, place]) => `fault ${kind} at ${place}`));
  try {
    const { origin, pathname } = new URL(simulator.httpBaseUrl);
    found.add(`http below ${pathname}`).add(`socket at ${new URL(simulator.realtimeUrl).pathname}`);
    for (const one of PATHS) {
      const [method = '', name = ''] = one.split(' ');
      const answer = await fetch(`${origin}/simulator/${name}`, {
        method,
        ...(method === 'GET'
          ? {}
          : { body: JSON.stringify(BODIES[one] ?? {}), headers: { 'content-type': 'application/json' } }),
      });
      found.add(`header x-simulated-by: ${answer.headers.get('x-simulated-by')}`);
      const at = `${method} /simulator/${name} ${answer.status}`;
      found.add(at);
      for (const path of pathsIn(await answer.json())) found.add(`${at} ${path}`);
    }
  } finally {
    await simulator.close();
  }
  return [...found];
}

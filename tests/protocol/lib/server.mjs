// The server under test: televisitd with an echo plugin, or the reference of Node with the same handlers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { repository } from '../../e2e/lib/server.mjs';
import { build, Daemon } from '../../integration/lib/daemon.mjs';
import { within } from '../../integration/lib/within.mjs';

/// Whether the tests run against the reference, to see that they ask for nothing that it does not do.
export const againstReference = process.env.TELEVISIT_REFERENCE === '1';

/// So long that no heartbeat comes in between on a slow machine.
const kQuiet = { pingInterval: 300_000, pingTimeout: 60_000, connectTimeout: 60_000, upgradeTimeout: 60_000, origins: '*' };

/// `kind`: engineio or socketio. Times in milliseconds.
export async function startServer(kind, more = {}) {
    const options = { ...kQuiet, ...more };
    const server = againstReference ? await startReference(kind, options) : await startDaemon(kind, options);
    server.path = kind === 'engineio' ? '/engine.io/' : '/socket.io/';
    return server;
}

async function startDaemon(kind, options) {
    const daemon = await Daemon.start({
        args: [`--config=${join(repository, `tests/plugins/${kind}-echo/televisitd.yaml`)}`],
        env: {
            TELEVISIT_BUILD: build,
            TELEVISIT_PING_INTERVAL: `${options.pingInterval}ms`,
            TELEVISIT_PING_TIMEOUT: `${options.pingTimeout}ms`,
            TELEVISIT_CONNECT_TIMEOUT: `${options.connectTimeout}ms`,
            TELEVISIT_UPGRADE_TIMEOUT: `${options.upgradeTimeout}ms`,
            TELEVISIT_CORS_ORIGINS: options.origins,
        },
    });
    return { url: daemon.url, port: daemon.port, stop: () => daemon.stop() };
}

async function startReference(kind, options) {
    const program = join(repository, 'tests/protocol/reference/server.mjs');
    const child = spawn(process.execPath, [program, kind, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await within(once(createInterface(child.stdout), 'line'), 'the reference to listen');
    const port = Number(line);
    return { url: `http://127.0.0.1:${port}`, port, stop: async () => {
        child.kill();
        await once(child, 'exit');
    } };
}

// Where the server of a test keeps what it keeps: what TELEVISIT_STORAGE says (sqlite when it says nothing), in a database server of
// the test's own where one is needed.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

async function openPostgres({ build, config, folder }) {
    const { Postgres } = await import('../../integration/lib/postgres.mjs');
    const database = await Postgres.open();
    const env = { TELEVISIT_DATABASE_URL: database.url };
    try {
        await run(join(build, 'bin/televisitctl'), ['db', 'migrate', '--config', config],
            { env: { PATH: process.env.PATH, TELEVISIT_STORAGE: 'postgres', TELEVISIT_STATE_DIR: folder, ...env } });
    } catch (failure) {
        await database.close();
        throw failure;
    }
    return { env, close: () => database.close() };
}

async function openRedis() {
    const { Redis } = await import('../../integration/lib/redis.mjs');
    const server = await Redis.open({ options: { appendonly: 'yes', appendfsync: 'always' } });
    return { env: { TELEVISIT_REDIS_URL: `unix:${server.socket}` }, close: () => server.close() };
}

const kInItself = { env: {}, close: async () => {} };
const kinds = { sqlite: async () => kInItself, memory: async () => kInItself, postgres: openPostgres, redis: openRedis };

/// `env`: what the server's environment is to say of it. `close()` ends what was started.
export async function openStorage(place) {
    const name = process.env.TELEVISIT_STORAGE || 'sqlite';
    if (!(name in kinds)) throw new Error(`TELEVISIT_STORAGE is ${name}, and may be ${Object.keys(kinds).join(', ')}`);
    const { env, close } = await kinds[name](place);
    return {
        env: { TELEVISIT_STORAGE: name, ...env },
        close,
        /// Fails when the server keeps its records elsewhere.
        check() {
            if (existsSync(join(place.folder, 'televisit.db')) !== (name === 'sqlite')) throw new Error(`the server does not use ${name}`);
        },
    };
}

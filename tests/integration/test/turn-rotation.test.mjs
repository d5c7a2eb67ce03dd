// A secret is replaced while calls go on and others begin: no allocation is refused, also when the rotation is killed on its way.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { Coturn } from '../../e2e/lib/coturn.mjs';
import { build, freePort } from '../../e2e/lib/server.mjs';
import { Daemon, environment } from '../lib/daemon.mjs';
import { Postgres } from '../lib/postgres.mjs';
import { Redis } from '../lib/redis.mjs';
import { TurnClient } from '../lib/turn-client.mjs';
import { withTurn } from '../lib/turn-servers.mjs';
import { TestVisit } from '../lib/visit.mjs';

const kRealm = 'televisit.test';
const kCalls = 20;
/// When a rotation is killed, in milliseconds after its start; more of them with TELEVISIT_SOAK=1.
const kMoments = process.env.TELEVISIT_SOAK ? Array.from({ length: 60 }, (_, i) => i * 10) : [5, 40, 90];

/// `televisitctl turn rotate` with the daemon's file.
class Rotation {
    constructor(file, args = []) {
        const env = environment({ TELEVISIT_STATE_DIR: join(tmpdir(), 'none'), TELEVISIT_PORT: '0', TELEVISIT_ADMIN_PORT: '0' });
        this.child = spawn(join(build, 'bin/televisitctl'), ['turn', 'rotate', ...args, '--config', file], { env });
        this.output = '';
        for (const stream of [this.child.stdout, this.child.stderr]) stream.setEncoding('utf8').on('data', (text) => { this.output += text; });
        this.ended = new Promise((done) => this.child.once('close', (code) => done(code)));
    }
}

async function rotated(file, args) {
    const rotation = new Rotation(file, args);
    assert.equal(await rotation.ended, 0, rotation.output);
    return rotation.output;
}

/// The secret that makes credentials, by the file.
const minting = (file) => /^mint (\S+)$/m.exec(readFileSync(file, 'utf8'))[1];

/// Visits whose doctors allocate a relay, one after the other, until told to stop.
class Stream {
    codes = [];
    #stopped = false;
    // Open to the end: on a port that is used again coturn would still see the former client.
    #clients = [];

    constructor(daemon) { this.done = this.#flow(daemon); }

    async #flow(daemon) {
        while (!this.#stopped) {
            const client = TurnClient.from((await (await TestVisit.create(daemon)).doctor()).ice_servers);
            this.#clients.push(client);
            this.codes.push(await client.allocate());
            await client.refresh(0);
        }
    }

    /// After so many more.
    async more(count) {
        for (const until = this.codes.length + count; this.codes.length < until;) {
            await Promise.race([this.done, new Promise((done) => setTimeout(done, 20))]);
        }
    }

    async stop() {
        this.#stopped = true;
        await this.done;
        for (const client of this.#clients.splice(0)) client.close();
    }
}

const stores = {
    PostgreSQL: async () => {
        const server = await Postgres.open();
        await server.sql(readFileSync('/usr/share/coturn/schema.sql', 'utf8'));
        const known = async () => (await server.sql(`SELECT value FROM turn_secret WHERE realm = '${kRealm}'`)).sort();
        return { url: server.url, known, coturn: `--psql-userdb=host=${server.folder} dbname=postgres user=postgres`, close: () => server.close() };
    },
    Redis: async () => {
        const server = await Redis.open({ port: await freePort(), password: 'of-coturn' });
        const known = async () => (await server.cli('SMEMBERS', `turn/realm/${kRealm}/secret`)).split('\n').filter(Boolean).sort();
        return {
            url: `redis://:of-coturn@127.0.0.1:${server.port}/0`, known,
            coturn: `--redis-userdb=ip=127.0.0.1 dbname=0 password=of-coturn port=${server.port}`, close: () => server.close(),
        };
    },
};

for (const [name, open] of Object.entries(stores)) {
    describe(`a rotation through ${name}`, () => {
        test(`refuses nobody, with ${kCalls} calls under way and others beginning, and may be killed`, async (context) => {
            const folder = await mkdtemp(join(tmpdir(), 'televisit-rotation-'));
            const store = await open();
            const coturn = await Coturn.start({ args: [store.coturn] });
            const file = join(folder, 'secrets');
            const config = withTurn([{ name: 'only', urls: [coturn.url()] }], { ttl: '10m', rotation: { file, store: store.url, realm: kRealm } });
            let daemon;
            let stream;
            const clients = [];
            try {
                const refused = await Daemon.run({ config });
                assert.match(refused.output, /has no secret yet: `televisitctl turn rotate` makes one/);
                const draft = await Daemon.launch({ config, args: ['--help'] });  // for its file alone
                await rotated(draft.file);
                await draft.kill();
                daemon = await Daemon.start({ config });
                const first = daemon.secret(minting(file));
                assert.deepEqual(await store.known(), [first]);

                for (let i = 0; i < kCalls; ++i) {
                    const client = TurnClient.from((await (await TestVisit.create(daemon)).doctor()).ice_servers);
                    clients.push(client);
                    assert.equal(await client.allocate(), 200);
                }
                stream = new Stream(daemon);
                await stream.more(5);
                const output = await rotated(daemon.file);
                const second = daemon.secret(minting(file));
                assert.notEqual(second, first);
                assert.ok(!output.includes(first) && !output.includes(second), 'nothing secret is printed');
                assert.deepEqual(await store.known(), [first, second].sort());
                await daemon.logged((line) => line.event === 'turn secrets read again');
                await stream.more(5);

                for (const moment of kMoments) {
                    const rotation = new Rotation(daemon.file);
                    await Promise.race([rotation.ended, new Promise((done) => setTimeout(done, moment))]);
                    rotation.child.kill('SIGKILL');
                    await rotation.ended;
                    assert.ok((await store.known()).includes(minting(file)), 'what makes credentials is known to the server');
                    await stream.more(2);
                }
                await rotated(daemon.file);
                assert.doesNotMatch(readFileSync(file, 'utf8'), /^next/m);
                await stream.more(5);
                await stream.stop();

                assert.deepEqual(stream.codes.filter((code) => code !== 200), [], `of ${stream.codes.length} allocations none is refused`);
                for (const client of clients) {
                    assert.equal(await client.refresh(600), 200, 'a call under way keeps its relay');
                    const again = new TurnClient(client);
                    assert.equal(await again.allocate(), 200, 'and its first credentials, made with the first secret, give another');
                    again.close();
                }
                assert.equal(await daemon.metric('televisit_turn_health', { server: 'only' }), 1);
                await rotated(daemon.file, ['--retire']);
                assert.ok((await store.known()).includes(first), 'which is not retired before its time');
                context.diagnostic(`${stream.codes.length} allocations during ${2 + kMoments.length} rotations`);
            } finally {
                await stream?.stop();
                for (const client of clients) client.close();
                await daemon?.stop();
                await coturn.stop();
                await store.close();
                await rm(folder, { recursive: true, force: true });
            }
        });
    });
}

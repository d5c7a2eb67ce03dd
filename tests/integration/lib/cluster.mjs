// Several servers that share rooms through one Redis, each over a line of its own that can be cut, behind nginx with the shipped
// file.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Line } from '../../e2e/lib/line.mjs';
import { shipped } from './config.mjs';
import { control } from './control.mjs';
import { Daemon, freePort } from './daemon.mjs';
import { Nginx } from './nginx.mjs';
import { Postgres } from './postgres.mjs';
import { Redis } from './redis.mjs';
import { CertificateFolder } from './tls.mjs';
import { until } from './within.mjs';

// `fetch` here cannot be told whom to trust.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';

const kLetters = ['A', 'B'];
/// What records ask of Redis.
const kDurable = { appendonly: 'yes', appendfsync: 'always' };

/// One place for a server: it may be killed and started again, on the same port.
class Node {
    constructor(cluster, letter) {
        this.cluster = cluster;
        this.letter = letter;
        this.state = join(cluster.folder, letter);
    }

    async open() {
        this.port = await freePort();
        this.path = join(this.cluster.folder, `${this.letter}.sock`);
        this.line = await Line.start({ path: this.cluster.redis.socket }, { path: this.path });
    }

    async start() {
        const { cluster, letter, port, path, state } = this;
        this.daemon = await Daemon.start({ config: cluster.config, state, env: {
            TELEVISIT_NODE_ID: `node-${letter}`,
            TELEVISIT_NODE_LETTER: letter,
            TELEVISIT_PORT: String(port),
            TELEVISIT_TRUSTED_PROXIES: '127.0.0.1',
            TELEVISIT_SECRET: cluster.inviteSecret,
            TELEVISIT_JWT_SECRET: cluster.jwtSecret,
            TELEVISIT_REDIS_URL: `unix:${path}`,
            ...cluster.env,
        } });
        for (const secret of cluster.secrets) this.daemon.secret(secret);
    }

    get url() { return this.daemon.url; }
    get jwtSecret() { return this.cluster.jwtSecret; }
    secret(text) { return this.cluster.secret(text); }

    /// kill -9; clients of it see their connections end.
    async kill() {
        this.daemon.assertDiscreet();
        await this.daemon.kill();
    }

    async health() { return (await this.daemon.admin('/health')).json(); }
    /// Waits until it says that it works with all that it needs, or without what is named.
    async saysDegraded(...parts) {
        await until(async () => {
            const { degraded } = await this.health();
            return JSON.stringify(degraded ?? []) === JSON.stringify(parts);
        }, async () => `a server that misses ${JSON.stringify(parts)}`);
    }
}

export class Cluster {
    secrets = new Set();
    inviteSecret = randomBytes(32).toString('hex');
    jwtSecret = randomBytes(32).toString('hex');

    /// `config`: of each server. `balanced`: with nginx in front. `records`: where they are, in the Redis of the rooms or in
    /// PostgreSQL.
    static async open({ config = shipped(), balanced = false, grace = '3s', records = 'redis' } = {}) {
        const cluster = new Cluster();
        cluster.folder = mkdtempSync(join(tmpdir(), 'televisit-cluster-'));
        cluster.config = config;
        cluster.env = { TELEVISIT_STORAGE: records, TELEVISIT_GRACE: grace };
        cluster.secret(cluster.inviteSecret);
        cluster.secret(cluster.jwtSecret);
        cluster.nodes = [];
        try {
            await cluster.#openStores(records);
            cluster.nodes = kLetters.map((letter) => new Node(cluster, letter));
            for (const node of cluster.nodes) await node.open();
            await Promise.all(cluster.nodes.map((node) => node.start()));
            if (balanced) await cluster.#balance();
        } catch (failure) {
            await cluster.destroy();
            throw failure;
        }
        return cluster;
    }

    async #openStores(records) {
        this.redis = await Redis.open({ options: records === 'redis' ? kDurable : {} });
        if (records === 'redis') return;
        this.postgres = await Postgres.open();
        this.env.TELEVISIT_DATABASE_URL = this.postgres.url;
        const migrated = await control(['db', 'migrate'], { env: this.env });
        assert.equal(migrated.status, 0, migrated.error);
        Object.assign(this.env, { TELEVISIT_ROOMS: 'redis', TELEVISIT_REDIS_DURABLE: 'false' });
    }

    async #balance() {
        this.certificates = new CertificateFolder();
        const { certificate, key } = this.certificates.make('nginx');
        this.nginx = await Nginx.start({ upstreams: this.nodes.map(({ port }) => port), certificate, key });
    }

    /// As clients see it.
    get url() { return this.nginx.url; }
    /// Remembers a text that no log may hold.
    secret(text) {
        if (text) this.secrets.add(text);
        for (const node of this.nodes ?? []) node.daemon?.secret(text);
        return text;
    }

    /// The sum over all servers that run.
    async metric(name, labels) {
        const values = await Promise.all(this.nodes.filter(({ daemon }) => !daemon.exit).map(({ daemon }) => daemon.metric(name, labels)));
        return values.reduce((sum, value) => sum + value, 0);
    }

    async close() {
        try {
            for (const { daemon } of this.nodes) if (!daemon.exit) await daemon.stop();
        } finally {
            await this.destroy();
        }
    }

    async destroy() {
        await this.nginx?.stop();
        for (const { daemon, line } of this.nodes) {
            await daemon?.kill();
            await line?.stop();
        }
        await this.redis?.close();
        await this.postgres?.close();
        this.certificates?.remove();
        rmSync(this.folder, { recursive: true, force: true });
    }
}

// The process: options, exit codes, a daemon with its pid file.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { shipped, small } from '../lib/config.mjs';
import { Daemon, exits } from '../lib/daemon.mjs';
import { until } from '../lib/within.mjs';

/// Whether that process still runs; one that ended but has not been collected by its parent does not.
function runs(pid) {
    try {
        return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
        return false;
    }
}

describe('options', () => {
    test('--version prints the version and ends', async () => {
        const result = await Daemon.run({ args: ['--version'] });
        assert.equal(result.code, exits.ok, result.output);
        assert.match(result.output, /^televisitd \d+\.\d+\.\d+/);
        assert.deepEqual(readdirSync(tmpdir()).filter((name) => name === result.folder.split('/').at(-1)), []);
    });

    test('--help names every option and ends', async () => {
        const result = await Daemon.run({ args: ['--help'] });
        assert.equal(result.code, exits.ok, result.output);
        for (const option of ['--config', '--check', '--daemon', '--pidfile', '--version', '--help'])
            assert.ok(result.output.includes(option), `${option} in\n${result.output}`);
    });

    test('an unknown option ends with the code for bad usage, and says which', async () => {
        const result = await Daemon.run({ args: ['--tea'] });
        assert.deepEqual([result.code, result.signal], [exits.badUsage, null], result.output);
        assert.match(result.output, /tea/);
        assert.doesNotMatch(result.output, /terminate called/);
    });

    test('--check of the shipped file is content, opens nothing and says so', async () => {
        const daemon = await Daemon.launch({ config: shipped(), args: ['--check'] });
        try {
            await daemon.ended();
            assert.equal(daemon.exit.code, exits.ok, daemon.output);
            assert.ok(!existsSync(join(daemon.state, 'admin.sock')));
        } finally {
            await daemon.kill();
        }
    });

    test('TELEVISIT_CONFIG names the file when --config does not', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'televisit-config-'));
        try {
            const path = join(folder, 'mine.yaml');
            writeFileSync(path, 'srever: {}\n');
            const named = await Daemon.run({ args: ['--check'], env: { TELEVISIT_CONFIG: path } });
            assert.equal(named.code, exits.badConfig, named.output);
            assert.ok(named.output.includes(`${path}:1:1: srever: unknown key; did you mean 'server'?\n`), named.output);
            const both = await Daemon.run({ config: small(), args: ['--check'], env: { TELEVISIT_CONFIG: path } });
            assert.equal(both.code, exits.ok, both.output);
        } finally {
            rmSync(folder, { recursive: true, force: true });
        }
    });

    test('--check says nothing of secrets, not even when they are wrong', async () => {
        const secret = 'too-short-a-secret';
        const result = await Daemon.run({ config: shipped(), args: ['--check'], env: { TELEVISIT_JWT_SECRET: secret, TELEVISIT_SECRET: secret } });
        assert.equal(result.code, exits.badConfig, result.output);
        assert.ok(!result.output.includes(secret));
        assert.match(result.output, /security\.secret: the secret must have at least 32 characters/);
        assert.match(result.output, /plugins\[4\].config\.secret: the secret must have at least 32 characters/);
    });

    test('the limit of open files is raised as far as it may be, and the log says when that is too little', async () => {
        const few = await Daemon.start({ config: small(), under: ['prlimit', '--nofile=128:600'] });
        try {
            assert.match(readFileSync(`/proc/${few.pid}/limits`, 'utf8'), /^Max open files +600 +600 /m);
            const warning = few.lines.find((line) => /fewer files/.test(line.event));
            assert.deepEqual([warning.level, warning.files, warning.connections], ['warning', 600, 20_000]);
        } finally {
            await few.stop();
        }
        const enough = await Daemon.start({ config: small({ server: { limits: { connections: 100 } } }), under: ['prlimit', '--nofile=128:600'] });
        assert.equal(enough.lines.find((line) => /fewer files/.test(line.event)), undefined);
        await enough.stop();
    });

    test('--daemon with --pidfile leaves a server behind that SIGTERM ends', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'televisit-pid-'));
        const pidfile = join(folder, 'pid');
        const log = join(folder, 'server.log');
        const daemon = await Daemon.launch({
            config: small({ log: { destination: log } }),
            args: ['--daemon', `--pidfile=${pidfile}`],
        });
        let pid;
        try {
            await daemon.ended();
            assert.equal(daemon.exit.code, exits.ok, daemon.output);
            await until(() => existsSync(pidfile) && readFileSync(pidfile, 'utf8').trim(), 'the pid file');
            pid = Number(readFileSync(pidfile, 'utf8'));
            assert.ok(pid > 1 && pid !== daemon.pid);
            await daemon.ready({ detached: true });
            const status = await (await daemon.admin('/admin/status')).json();
            assert.equal(status.pid, pid);
            process.kill(pid, 'SIGHUP');
            assert.equal((await daemon.get('/health/ready')).status, 200);
            process.kill(pid, 'SIGTERM');
            await until(() => !runs(pid), 'the end of the server');
            assert.ok(!existsSync(pidfile), 'the pid file is removed');
            pid = undefined;
        } finally {
            if (pid && runs(pid)) process.kill(pid, 'SIGKILL');
            await daemon.kill();
            rmSync(folder, { recursive: true, force: true });
        }
    });
});

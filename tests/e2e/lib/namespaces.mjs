// Two network namespaces, each with a line of its own to this machine, and no way from one to the other.
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ip = (...words) => run('ip', words);

export class Namespaces {
    /// Needs the rights of root. `sides` have each the `name` of the namespace, `here` and `there`: the addresses of the two ends.
    static async make() {
        const made = new Namespaces();
        made.folder = mkdtempSync(join(tmpdir(), 'televisit-netns-'));
        // Others may do the same on this machine.
        const network = `10.${100 + process.pid % 100}`;
        made.sides = [1, 2].map((number) => ({
            name: `tv${process.pid}-${number}`, line: `tv${process.pid % 100_000}v${number}`, here: `${network}.${number}.1`, there: `${network}.${number}.2`,
        }));
        try {
            for (const side of made.sides) await made.#add(side);
        } catch (failure) {
            await made.remove();
            throw failure;
        }
        return made;
    }

    async #add({ name, line, here, there }) {
        await ip('netns', 'add', name);
        await ip('link', 'add', line, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
        await ip('addr', 'add', `${here}/24`, 'dev', line);
        await ip('link', 'set', line, 'up');
        for (const words of [['addr', 'add', `${there}/24`, 'dev', 'eth0'], ['link', 'set', 'eth0', 'up'], ['link', 'set', 'lo', 'up']]) {
            await ip('-n', name, ...words);
        }
    }

    /// Whether a packet from one namespace would find a way to that address.
    async hasRoute({ name }, address) {
        return ip('-n', name, 'route', 'get', address).then(() => true, () => false);
    }

    /// A program that runs `program` in that namespace.
    inside({ name }, program) {
        const file = join(this.folder, name);
        writeFileSync(file, `#!/bin/sh\nexec ip netns exec ${name} ${program} "$@"\n`);
        chmodSync(file, 0o755);
        return file;
    }

    async remove() {
        for (const { name, line } of this.sides) {
            await ip('link', 'del', line).catch(() => {});
            await ip('netns', 'del', name).catch(() => {});
        }
        rmSync(this.folder, { recursive: true, force: true });
    }
}

import { casesFor } from '@subbyte/kernels/conformance';
import { isDeviceRefusal, reference, type Kernel } from '@subbyte/kernels';
import { expect, test } from 'vitest';
import { gpu } from '../src/index.ts';

for (const mode of ['cpu', 'webasm'] as const) {
  test(mode, async () => {
    const device = await gpu({ mode }).open();
    const stats: Record<string, { ok: number; refused: string[]; failed: string[]; worst: number; ms: number }> = {};
    for (const one of casesFor(Object.fromEntries([...device.computes].map((k) => [k, reference[k]])))) {
      const s = (stats[one.kernel] ??= { ok: 0, refused: [], failed: [], worst: 0, ms: 0 });
      const start = performance.now();
      const operands = one.operands();
      try {
        const result = (device.kernels[one.kernel] as Kernel<never>)(operands as never, one.options as never);
        if (one.rejected) { s.failed.push(one.name + ' not rejected'); continue; }
        const actual = await device.download(result);
        result.storage.dispose();
        const expected = (reference[one.kernel] as Kernel<never>)(one.operands() as never, one.options as never);
        let bad = '';
        if (String(actual.shape) !== String(expected.shape) || actual.dtype !== expected.dtype) bad = `shape ${actual.dtype} ${actual.shape} vs ${expected.dtype} ${expected.shape}`;
        for (let i = 0; i < expected.size && !bad; i++) {
          const [a, e] = [Number(actual.data[i]), Number(expected.data[i])];
          if (a === e || (Number.isNaN(a) && Number.isNaN(e))) continue;
          const err = Math.abs(a - e) / Math.max(1, Math.abs(e));
          if (!(err <= Math.max(one.tolerance, 1e-5))) bad = `[${i}] ${a} vs ${e}`;
          s.worst = Math.max(s.worst, err);
        }
        if (bad) s.failed.push(`${one.name}: ${bad}`); else s.ok++;
      } catch (e) {
        if (isDeviceRefusal(e)) { if (!one.rejected) s.refused.push(one.name + ' — ' + (e as Error).message.slice(0, 300)); }
        else if (one.rejected) s.ok++;
        else s.failed.push(one.name + ': ' + String((e as Error).message).slice(0, 300));
      }
      s.ms += performance.now() - start;
    }
    for (const [k, s] of Object.entries(stats)) {
      console.log(mode, k, 'ok', s.ok, 'refused', s.refused.length, 'failed', s.failed.length, 'worst', s.worst.toExponential(1), Math.round(s.ms), 'ms');
      for (const f of s.failed.slice(0, 3)) console.log('   FAIL', f);
      for (const f of [...new Set(s.refused)].slice(0, 2)) console.log('   refused', f);
    }
    console.log('live', device.liveBytes());
    await device.dispose();
    expect(1).toBe(1);
  });
}

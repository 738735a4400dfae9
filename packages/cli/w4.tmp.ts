import { readFileSync } from 'node:fs';
import { createExecutor, simplify } from '@subbyte/graph';
import { setBackend } from '@subbyte/kernels';
import { wasm } from '@subbyte/kernels-wasm';
import { fromOnnx, toOnnx } from '@subbyte/onnx';
import { fakeQuantize, perChannel, uniform } from '@subbyte/quantizers';
import { toHeap, toNumbers } from '@subbyte/tensor';
import { modelInput, ocrAssets, openModel, openSource } from './src/index.ts';

const M = (await ocrAssets()).recognizer;
const g = simplify(fromOnnx(readFileSync(M)));
const input = modelInput(await openModel(M));
const src = await openSource('ocr', {
  samples: 6,
  seed: 1,
  split: 'train',
  inputShape: input.shape,
});
const xs: any[] = [];
for await (const b of src.batches()) xs.push(b.input);
// reference outputs before softmax
back = await wasm();
setBackend(back);
const name = g.inputs[0]!.name;
const run = (gr: any) => {
  const e = createExecutor(gr);
  const r = xs.map((x) => toNumbers(toHeap(e.run({ [name]: x })[gr.outputs[0].name]!)));
  e.dispose();
  return r;
};
const ref = run(g);
const argm = (r: number[], c = 6625) => {
  const o = [];
  for (let i = 0; i < r.length; i += c) {
    let m = 0;
    for (let j = 1; j < c; j++) if (r[i + j]! > r[i + m]!) m = j;
    o.push(m);
  }
  return o;
};
const refA = ref.map((r) => argm(r));
for (const obs of ['mse', 'minMax']) {
  const bad: string[] = [];
  for (const n of g.nodes)
    if (n.op === 'conv2d' || n.op === 'matmul') {
      const w = g.constants.get(n.inputs[1]!);
      if (!w) continue;
      const axis = n.op === 'conv2d' ? 0 : 1;
      const q = (uniform as any)({
        bits: 4,
        signed: true,
        granularity: perChannel(axis),
        observer: obs,
      }).fit(w);
      setBackend(undefined);
      const fq = toHeap(fakeQuantize(w as any, q));
      setBackend(B());
      const c = new Map(g.constants);
      c.set(n.inputs[1]!, fq);
      const out = run({ ...g, constants: c });
      let same = 0,
        tot = 0;
      out.forEach((r, i) =>
        argm(r).forEach((a, j) => {
          tot++;
          if (a === refA[i]![j]) same++;
        }),
      );
      if (same / tot < 0.98)
        bad.push(`${n.name} ${w.shape.join('x')} ${((100 * same) / tot).toFixed(1)}`);
    }
  console.log(obs, bad);
}
function B() {
  return back;
}
var back: any;

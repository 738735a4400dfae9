import { clock } from '../format/clock.ts';
import type { Terminal } from '../io/terminal.ts';
import type { Step, Training } from './train.ts';

/** Follows a training: a line that is redrawn, a remark after each epoch, and the speed. */
export interface Progress {
  readonly onStep: (step: Step) => void;
  /** Images trained on in a second so far. */
  imagesPerSecond(): number;
}

/** Shows a training on a terminal. */
export function showProgress(
  terminal: Terminal,
  { epochs, stepsPerEpoch }: Pick<Training, 'epochs' | 'stepsPerEpoch'>,
): Progress {
  const total = epochs * stepsPerEpoch;
  const start = performance.now();
  let steps = 0;
  let images = 0;
  let epoch = { steps: 0, loss: 0, accuracy: 0 };
  const imagesPerSecond = (): number => (images / (performance.now() - start)) * 1000;
  return {
    imagesPerSecond,
    onStep: ({ step, loss, accuracy, images: count }) => {
      steps++;
      images += count;
      epoch = {
        steps: epoch.steps + 1,
        loss: epoch.loss + loss,
        accuracy: epoch.accuracy + accuracy,
      };
      const secondsLeft = (((performance.now() - start) / steps) * (total - step)) / 1000;
      const line = [
        `epoch ${Math.ceil(step / stepsPerEpoch)}/${epochs}`,
        `loss ${(epoch.loss / epoch.steps).toFixed(3)}`,
        `accuracy ${((100 * epoch.accuracy) / epoch.steps).toFixed(2)} %`,
        `${imagesPerSecond().toFixed(0)} images/s`,
        `${clock(secondsLeft)} left`,
      ].join('  ');
      terminal.progress(`${line}  step`, step, total);
      if (step % stepsPerEpoch > 0) return;
      terminal.note(line);
      epoch = { steps: 0, loss: 0, accuracy: 0 };
    },
  };
}

import { DatasetError } from './errors.ts';
import type { Image } from './types.ts';

/** How pixels become numbers. */
export interface Normalization {
  /** Subtracted from `pixel / 255`, per plane in the order of `order`; 0 unless told otherwise. */
  readonly mean?: readonly number[] | undefined;
  /** Divides after that, per plane in the order of `order`; 1 unless told otherwise. */
  readonly std?: readonly number[] | undefined;
  /** Order of the planes of coloured pictures; `rgb` unless told otherwise. */
  readonly order?: 'rgb' | 'bgr' | undefined;
}

/** `values` for each of `channels` planes; one value stands for all. */
function perPlane(
  name: string,
  values: readonly number[],
  channels: number,
  valid: (value: number) => boolean,
): readonly number[] {
  if ((values.length !== 1 && values.length !== channels) || !values.every(valid)) {
    throw new DatasetError(
      `${name} [${values.join(', ')}]: expected ${channels} usable numbers, one for each channel`,
    );
  }
  return values.length === channels ? values : new Array(channels).fill(values[0]);
}

/**
 * Writes `(pixel / 255 - mean) / std` of `image` into `target` as planes `[C, H, W]`.
 * @throws DatasetError when mean or std do not fit the channels, or the pixels the image's size.
 */
export function writePlanes(
  target: Float32Array,
  image: Image,
  { mean = [0], std = [1], order = 'rgb' }: Normalization,
): void {
  const { channels, data, width, height } = image;
  const plane = width * height;
  if (data.length !== plane * channels) {
    throw new DatasetError(
      `picture of ${width} x ${height} x ${channels}: ${data.length} bytes, expected ${plane * channels}`,
    );
  }
  const means = perPlane('mean', mean, channels, Number.isFinite);
  const stds = perPlane('std', std, channels, (value) => Number.isFinite(value) && value > 0);
  for (let c = 0; c < channels; c++) {
    const from = order === 'bgr' ? channels - 1 - c : c;
    // A table: 256 divisions in place of one for each pixel.
    const table = Float32Array.from(
      { length: 256 },
      (_, pixel) => (pixel / 255 - (means[c] as number)) / (stds[c] as number),
    );
    for (let i = 0; i < plane; i++) {
      target[c * plane + i] = table[data[i * channels + from] as number] as number;
    }
  }
}

import type { FloatTensor } from '@subbyte/tensor';

/** Pixels 0 … 255, row by row, the channels of a pixel together: `[height, width, channels]`. */
export interface Image {
  readonly width: number;
  readonly height: number;
  /** 1: grey, 3: red, green, blue. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** Numbered pictures, with classes when they are known. */
export interface Dataset {
  /** Number of pictures. */
  readonly size: number;
  /** Class of each picture; absent when unknown. */
  readonly labels?: Int32Array | undefined;
  /** Name of each class. */
  readonly classNames?: readonly string[] | undefined;
  /** Picture `index`, 0 … `size` - 1. */
  item(index: number): Image | Promise<Image>;
}

/** Some samples of a dataset, ready for a model. */
export interface Batch {
  /** `[N, C, H, W]` */
  readonly input: FloatTensor;
  /** Place of each sample in the dataset. */
  readonly indices: Uint32Array;
  /** Class of each sample; absent when the dataset has none. */
  readonly labels?: Int32Array | undefined;
}

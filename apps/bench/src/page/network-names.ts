/** Name of a network that the page makes itself. */
export type NetworkName = 'resnet8' | 'resnet20' | 'mobilenet' | 'resnet18';

/** What visitors read about each. */
export const networkNames: {
  readonly [Name in NetworkName]: { readonly title: string; readonly about: string };
} = {
  resnet8: { title: 'ResNet-8', about: '16 × 16 pixels, a quick look' },
  resnet20: { title: 'ResNet-20', about: '32 × 32 pixels, 270 000 weights' },
  mobilenet: { title: 'MobileNetV2', about: '224 × 224 pixels, 3.5 million weights' },
  resnet18: { title: 'ResNet-18', about: '224 × 224 pixels, 11.7 million weights' },
};

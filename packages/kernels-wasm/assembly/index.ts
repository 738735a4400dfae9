export { activateAll } from './activation';
export * from './binary';
export * from './cast';
export { depthwiseInputGradient } from './depthwise';
export { gemm, gemmScratch } from './gemm';
export * from './matvec';
export * from './move';
export { batchNorm, instanceNorm, layerNorm } from './normalize';
export * from './normalize-gradient';
export { flipTaps, packColumns, packRows, windowOffsets } from './pack';
export {
  dequantizeInt16, dequantizeInt8, dequantizeUint16, dequantizeUint8, fakeQuantize, quantize,
} from './quantize';
export * from './pool-gradient';
export * from './quantize-gradient';
export {
  fakeQuantizeDrop, fakeQuantizeDropGradient, fakeQuantizeDropSlopes, randomSelect,
} from './random-select';
export * from './reduce';
export * from './resize';
export * from './scatter';
export { softmax } from './softmax';
export * from './softmax-gradient';
export * from './unary';
export { depthwiseWeightGradient, weightGradient } from './weight-gradient';
export { averagePool, depthwise, maxPool, padPlanes, spreadPlanes } from './window';
export * from './activation-gradient';
export * from './compare';
export * from './update';

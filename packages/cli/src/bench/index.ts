export type { Session, Values } from '../engines/engine.ts';
export { type Onnxruntime, wrapSession } from '../engines/onnxruntime.ts';
export { type Difference, difference } from '../measure/difference.ts';
export { type FeedOptions, type FeedShape, feedShapes, isOpen, randomFeeds } from './feeds.ts';
export { type InTurnOptions, inTurn, type Runner } from './in-turn.ts';
export { medianRatio, type Rounds, roundsOf } from './rounds.ts';

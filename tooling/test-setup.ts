// Property tests draw the same cases at every run, so that a red run is about the change;
// FAST_CHECK_SEED=$RANDOM npm run unit looks for new ones.
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20_261_123) });

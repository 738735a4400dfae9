export { QuantizeError } from '@subbyte/reconstruct';

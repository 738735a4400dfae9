import { library } from '@subbyte/tsup';

export default library();

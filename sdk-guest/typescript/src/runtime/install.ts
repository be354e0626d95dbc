/** Comes first in a bot's bundle: from here on, its promises are the event loop's. */

import { install } from "./promise.js";

install();

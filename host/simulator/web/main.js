// The browser chat of the simulator: who opens it chats with a bot as on a phone, and sees what goes
// between the platform and the bot.
//
// Data flows one way. The simulator tells of changes (`store.js`), views draw signals, and a tap
// becomes an effect (`effects.js`), which is performed (`tap.js`) by the control API (`api.js`).
// Everything that a bot sends is untrusted: it is put into the page as text, its URLs pass
// `urls.js`, its measures and colours `flex/measures.js`.

import { render } from "preact";
import { html } from "./html.js";
import * as i18n from "./i18n.js";
import * as store from "./store.js";
import * as ui from "./ui.js";
import { App } from "./views/app.js";

i18n.start();
ui.start();
store.start();
render(html`<${App} />`, document.body);

package botbox

// The bot of this process.
var served *Bot

// Run serves a bot. main calls it, with the bot that it has made: the host runs main before each event.
func Run(bot *Bot) { served = bot }

// The bot that LINE's documentation shows for Node: its SDK, and Express.
const [line, channelSecret, channelAccessToken] = process.argv.slice(2);
const { messagingApi, middleware } = require('@line/bot-sdk');
const express = require('express');

const client = new messagingApi.MessagingApiClient({ channelAccessToken, baseURL: line });

const reply = ({ replyToken, message }) =>
  client.replyMessage({ replyToken, messages: [{ type: 'text', text: message.text }] });

const app = express();
app.post('/webhook/:channel', middleware({ channelSecret }), (request, response) => {
  response.status(200).end();
  Promise.all(request.body.events.map(reply)).catch((error) => console.error(error));
});
const server = app.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});

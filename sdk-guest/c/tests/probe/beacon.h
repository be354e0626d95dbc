/* Tells what the operator registered about a beacon that a user is near. */

#include <botbox.h>
#include <string.h>

static bot_error *beacon(const bot_event *event) {
    if (strcmp(bot_event_type(event), "beacon") != 0 || !event->kind.val.beacon.device.is_some) return NULL;
    const botbox_line_events_beacon_device_t *device = &event->kind.val.beacon.device.val;
    const botbox_host_string_t texts[] = {device->name, device->place.val, device->labels.ptr[0].f1};
    const char *told[3];
    for (int i = 0; i < 3; i++) told[i] = bot_format("%.*s", (int)texts[i].len, (const char *)texts[i].ptr);
    return bot_say(bot_json("[%s,%s,%s]", told[0], told[1], told[2]));
}

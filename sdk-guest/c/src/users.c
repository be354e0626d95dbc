/* Users, and what they sent. */

#include "internal.h"

bot_error *(bot_profile)(const char *user_id, bot_user_profile *profile) {
    host_string user = bot_to_host(user_id);
    botbox_line_profile_user_profile_t told;
    call_error error;
    if (!botbox_line_profile_get_profile(&user, &told, &error)) return bot_error_of_call(&error);
    profile->user_id = bot_from_host(told.user_id);
    profile->display_name = bot_from_host(told.display_name);
    profile->picture_url = bot_from_optional(told.picture_url.is_some, told.picture_url.val);
    profile->status_message = bot_from_optional(told.status_message.is_some, told.status_message.val);
    profile->language = bot_from_optional(told.language.is_some, told.language.val);
    return NULL;
}

bot_error *(bot_content_open)(const char *message_id, bot_content *content) {
    host_string message = bot_to_host(message_id);
    call_error error;
    if (!botbox_line_content_get_message_content(&message, &content->stream, &error)) return bot_error_of_call(&error);
    host_string type;
    botbox_line_content_method_message_content_stream_content_type(
        botbox_line_content_borrow_message_content_stream(content->stream), &type);
    content->content_type = bot_from_host(type);
    return NULL;
}

bot_error *(bot_content_read)(bot_content *content, void *bytes, size_t size, size_t *read) {
    uint32_t max = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
    botbox_host_list_u8_t piece;
    call_error error;
    if (!botbox_line_content_method_message_content_stream_read(
            botbox_line_content_borrow_message_content_stream(content->stream), max, &piece, &error))
        return bot_error_of_call(&error);
    if (piece.len) {
        memcpy(bytes, piece.ptr, piece.len);
        /* The one thing that is freed: a video has thousands of pieces. */
        free(piece.ptr);
    }
    *read = piece.len;
    return NULL;
}

void bot_content_close(bot_content *content) {
    botbox_line_content_message_content_stream_drop_own(content->stream);
}

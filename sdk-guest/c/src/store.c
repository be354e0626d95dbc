/* What the bot remembers. */

#include "internal.h"

typedef wasi_keyvalue_store_error_t store_error;

/* The store's error in the words of all capabilities. */
static bot_error *failed(const store_error *error) {
    switch (error->tag) {
    case WASI_KEYVALUE_STORE_ERROR_ACCESS_DENIED:
        return bot_error_of(BOT_DENIED, "`keyvalue` is not among the channel's grants");
    case WASI_KEYVALUE_STORE_ERROR_NO_SUCH_STORE:
        return bot_error_of(BOT_NOT_FOUND, "the host does not know the store");
    default:
        return bot_error_of(BOT_OTHER, bot_from_host(error->val.other));
    }
}

static bot_error *opened(const char *bucket, wasi_keyvalue_store_own_bucket_t *handle) {
    host_string name = bot_to_host(bucket);
    store_error error;
    return wasi_keyvalue_store_open(&name, handle, &error) ? NULL : failed(&error);
}

bot_error *(bot_get)(const char *bucket, const char *key, const char **value) {
    wasi_keyvalue_store_own_bucket_t handle;
    BOT_TRY(opened(bucket, &handle));
    host_string name = bot_to_host(key);
    botbox_host_option_list_u8_t bytes;
    store_error error;
    bool is_read =
        wasi_keyvalue_store_method_bucket_get(wasi_keyvalue_store_borrow_bucket(handle), &name, &bytes, &error);
    wasi_keyvalue_store_bucket_drop_own(handle);
    if (!is_read) return failed(&error);
    host_string text = {bytes.val.ptr, bytes.val.len};
    *value = bot_from_optional(bytes.is_some, text);
    return NULL;
}

bot_error *(bot_set)(const char *bucket, const char *key, const char *value) {
    wasi_keyvalue_store_own_bucket_t handle;
    BOT_TRY(opened(bucket, &handle));
    host_string name = bot_to_host(key), text = bot_to_host(value);
    botbox_host_list_u8_t bytes = {text.ptr, text.len};
    store_error error;
    bool is_set =
        wasi_keyvalue_store_method_bucket_set(wasi_keyvalue_store_borrow_bucket(handle), &name, &bytes, &error);
    wasi_keyvalue_store_bucket_drop_own(handle);
    return is_set ? NULL : failed(&error);
}

bot_error *(bot_delete)(const char *bucket, const char *key) {
    wasi_keyvalue_store_own_bucket_t handle;
    BOT_TRY(opened(bucket, &handle));
    host_string name = bot_to_host(key);
    store_error error;
    bool is_gone = wasi_keyvalue_store_method_bucket_delete(wasi_keyvalue_store_borrow_bucket(handle), &name, &error);
    wasi_keyvalue_store_bucket_drop_own(handle);
    return is_gone ? NULL : failed(&error);
}

bot_error *(bot_increment)(const char *bucket, const char *key, int64_t delta, int64_t *sum) {
    wasi_keyvalue_store_own_bucket_t handle;
    BOT_TRY(opened(bucket, &handle));
    host_string name = bot_to_host(key);
    int64_t told;
    store_error error;
    bool is_added =
        wasi_keyvalue_atomics_increment(wasi_keyvalue_store_borrow_bucket(handle), &name, delta, &told, &error);
    wasi_keyvalue_store_bucket_drop_own(handle);
    if (!is_added) return failed(&error);
    if (sum) *sum = told;
    return NULL;
}

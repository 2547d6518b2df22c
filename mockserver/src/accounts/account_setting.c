/* An account's setting owns its key. */
#include "accounts/account_setting.h"
#include <stdlib.h>
#include <string.h>

void account_setting_clear(struct account_setting *setting)
{
    if (setting->api_key)
        explicit_bzero(setting->api_key, strlen(setting->api_key));
    free(setting->api_key);
    *setting = (struct account_setting){0};
}

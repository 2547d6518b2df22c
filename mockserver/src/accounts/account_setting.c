/* An account's setting owns its key. */
#include "accounts/account_setting.h"
#include <stdlib.h>

void account_setting_clear(struct account_setting *setting)
{
    free(setting->api_key);
    *setting = (struct account_setting){0};
}

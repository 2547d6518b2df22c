/* The routes of TLS faults, which wait for connections of any client. */
#include "admin/admin_call.h"

void admin_list_tls(struct admin_call *call)
{
    struct tree *tree = &call->tree;
    struct tls_arming armings[TLS_ARMINGS_MAX];
    size_t count = state_list_tls(armings, call->state);
    cJSON *array = tree_array(tree, tree->root, "tls");
    for (size_t i = 0; i < count; i++) {
        cJSON *object = tree_object(tree, array, NULL);
        tree_text(tree, object, "fault", tls_fault_info(armings[i].fault)->name);
        tree_number(tree, object, "connections", armings[i].connections);
    }
    tree_number(tree, tree_object(tree, tree->root, "meta"), "total", (double)count);
}

bool admin_refuse_tls(struct admin_call *call, const char *pointer)
{
    if (state_speaks_tls(call->state))
        return false;
    admin_fail(call, 400, pointer,
               "found a fault of TLS, expected none: this mock speaks no TLS; start it with "
               "--https, or with the option https of the library");
    return true;
}

void admin_arm_tls(struct admin_call *call)
{
    struct document_error error;
    struct tls_arming arming;
    if (!document_parse_tls(&arming, call->body, &error))
        admin_refuse(call, &error);
    else if (admin_refuse_tls(call, ""))
        return;
    else if (!state_arm_tls(call->state, &arming))
        admin_fail(call, 507, "",
                   TEXT_OF(TLS_ARMINGS_MAX) " faults of TLS wait already; nothing was changed. "
                                            "DELETE /__admin/tls disarms them");
    else
        admin_list_tls(call);
}

void admin_clear_tls(struct admin_call *call)
{
    state_clear_tls(call->state);
}

using Appliance.Core.Ids;
using Appliance.Identity.Tokens;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Transactions;
using TokenTable = Appliance.Metadata.Identity.Tokens;

namespace Appliance.Tests.Identity;

/// <summary>Rows that others refer to.</summary>
internal static class IdentityRows
{
    public static void EnsureToken(WriteTransaction write, WorkspaceId workspace, TokenId id)
    {
        if (TokenTable.Find(write, id) is null)
        {
            TokenTable.Add(write, new TokenRecord(id, workspace, "test", TokenSecret.Hash("as-test"), write.Now, null, null));
        }
    }
}

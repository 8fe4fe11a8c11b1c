using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Identity.Environments;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Transactions;
using Appliance.Objects;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal.Objects;

/// <summary>
/// One page of a listing, newest first. Clients ask for the next one with the time of the last item, and stop at a page
/// that is shorter than they asked for (contracts/modal.md §6).
/// </summary>
public sealed record ObjectPage(string EnvironmentName, IReadOnlyList<ObjectRecord> Objects)
{
    private const int CountMax = 100;

    public static ObjectPage Read<TId>(ReadTransaction read, Caller caller, string environmentName, ListPagination? page)
        where TId : struct, IObjectId<TId>
    {
        EnvironmentRecord environment = EnvironmentDirectory.Get(read, caller, environmentName);
        int count = page is { MaxObjects: > 0 } ? Math.Min(page.MaxObjects, CountMax) : CountMax;
        return new ObjectPage(
            environment.Name, ObjectDirectory.List<TId>(read, environment, Before(page), page is null ? int.MaxValue : count));
    }

    private static DateTimeOffset Before(ListPagination? page) =>
        page is { CreatedBefore: > 0 and < 250_000_000_000 }
            // The seconds come back as a double, whose microseconds need rounding.
            ? DateTimeOffset.UnixEpoch.AddMicroseconds(Math.Round(page.CreatedBefore * 1e6))
            : DateTimeOffset.MaxValue;
}

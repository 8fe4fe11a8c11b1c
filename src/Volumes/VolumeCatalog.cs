using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Transactions;
using Appliance.Metadata.Volumes;
using Appliance.Objects;

namespace Appliance.Volumes;

/// <summary>From objects to the volumes behind them. A network file system is stored as a volume, too.</summary>
public static class VolumeCatalog
{
    /// <summary>Gives a new object its empty volume.</summary>
    public static void Create(WriteTransaction write, ObjectRecord record, int format) => VolumeRows.Add(write, record.Id, format);

    /// <exception cref="ApplianceException">NotFound; InvalidArgument: no such kind of id.</exception>
    public static VolumeRecord Get<TId>(ReadTransaction read, Caller caller, string id)
        where TId : struct, IObjectId<TId> => Get(read, ObjectDirectory.Get<TId>(read, caller, id).Id);

    /// <summary>The volume of an object that is known to exist.</summary>
    /// <exception cref="ApplianceException">NotFound.</exception>
    public static VolumeRecord Get(ReadTransaction read, string id) => VolumeRows.Find(read, id)
        ?? throw new ApplianceException(ErrorKind.NotFound, $"Volume '{id}' not found: it was deleted.");
}

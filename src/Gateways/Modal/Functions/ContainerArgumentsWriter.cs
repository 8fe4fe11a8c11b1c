using Appliance.Core.Ids.Functions;
using Appliance.Engine.Functions;
using Appliance.Engine.Sandboxes;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Transactions;
using Appliance.Mounts;
using Appliance.Protos.Modal;
using Google.Protobuf;
using AppLayout = Appliance.Protos.Modal.AppLayout;
using EnvironmentRows = Appliance.Metadata.Identity.Environments;

namespace Appliance.Gateways.Modal.Functions;

/// <summary>Writes what the client's program in a container is told at its start: the function, and all objects of its app.</summary>
public sealed class ContainerArgumentsWriter
{
    /// <inheritdoc cref="IFunctionWords.WriteArguments"/>
    public ContainerArguments Write(ReadTransaction read, LiveSandbox container, string task, string checkpoint)
    {
        FunctionOfTask wanted = container.Definition.Function!;
        FunctionRecord function = FunctionRows.Find(read, FunctionId.FromText(wanted.Id)) ?? throw FunctionDirectory.NotFound(wanted.Id);
        FunctionDefinitionRecord definition = FunctionDefinitionRows.Find(read, DefinitionId.FromText(wanted.DefinitionId)) ?? throw FunctionDirectory.NotFound(wanted.Id);
        Function told = FunctionWords.ReadSent(definition.Sent);
        if (function.Options is { Length: > 0 } options)
        {
            FunctionOptionWords.Apply(told, FunctionOptions.Parser.ParseFrom(options));
        }

        told.IsCheckpointingFunction = checkpoint.Length > 0;
        return new ContainerArguments
        {
            TaskId = task,
            CheckpointId = checkpoint,
            FunctionId = function.Id.Text,
            AppId = function.AppId.Text,
            FunctionDef = told,
            SerializedParams = function.Parameters is { } parameters ? UnsafeByteOperations.UnsafeWrap(parameters) : ByteString.Empty,
            EnvironmentName = EnvironmentRows.Find(read, container.Record.EnvironmentId)?.Name ?? "",
            AppLayout = Layout(read, function, told),
        };
    }

    /// <summary>The app as its functions see it, with what each of them, and each thing the function depends on, is.</summary>
    private static AppLayout Layout(ReadTransaction read, FunctionRecord own, Function told)
    {
        var layout = new AppLayout();
        foreach (FunctionRecord function in FunctionRows.List(read, own.AppId).Where(each => each.BaseId is null))
        {
            if (FunctionDirectory.FindDefinition(read, function) is { } definition)
            {
                layout.FunctionIds[function.Tag] = function.Id.Text;
                layout.Objects.Add(new Protos.Modal.Object
                {
                    ObjectId = function.Id.Text,
                    FunctionHandleMetadata = FunctionMetadata.Of(function, definition.Id.Text, FunctionWords.ReadSent(definition.Sent)),
                });
            }
        }

        foreach ((string tag, string id) in ClassIds(read, own))
        {
            layout.ClassIds[tag] = id;
            layout.Objects.Add(new Protos.Modal.Object { ObjectId = id, ClassHandleMetadata = new ClassHandleMetadata() });
        }

        foreach (ObjectDependency dependency in told.ObjectDependencies)
        {
            layout.Objects.Add(Describe(read, dependency.ObjectId));
        }

        return layout;
    }

    /// <summary>Classes have names only in what was published; before that each serves under the name of its function.</summary>
    private static IEnumerable<(string Tag, string Id)> ClassIds(ReadTransaction read, FunctionRecord own)
    {
        AppRecord? app = AppRows.Find(read, own.AppId);
        return app is not null && AppVersionRows.Find(read, own.AppId, app.Version) is { } version
            ? Engine.Functions.AppLayout.Read(version.Layout).Classes.Select(each => (each.Key, each.Value))
            : [];
    }

    private static Protos.Modal.Object Describe(ReadTransaction read, string id)
    {
        var described = new Protos.Modal.Object { ObjectId = id };
        ObjectRecord? record = ObjectRows.Find(read, id);
        if (record is not null && id.StartsWith("mo-", StringComparison.Ordinal))
        {
            described.MountHandleMetadata = new MountHandleMetadata { ContentChecksumSha256Hex = MountDirectory.ChecksumOf(read, record).ToString() };
        }
        else if (record is not null && id.StartsWith("vo-", StringComparison.Ordinal))
        {
            described.VolumeMetadata = Volumes.VolumeService.Describe(read, record);
        }

        return described;
    }
}

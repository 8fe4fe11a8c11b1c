using Appliance.Protos.Modal;

namespace Appliance.Tests.Gateways.Functions;

/// <summary>An app that is put together as the Python client does it.</summary>
internal sealed class FunctionApp(FunctionRig rig, string image, string id)
{
    private readonly Dictionary<string, string> functions = [];
    private readonly Dictionary<string, string> classes = [];
    private readonly Dictionary<string, string> definitions = [];

    public string Id => id;

    /// <summary>The address of the function that was defined last; empty where it is no web function.</summary>
    public string WebUrl { get; private set; } = "";

    /// <summary>What was said of the function that was defined last.</summary>
    public FunctionCreateResponse Created { get; private set; } = new();

    /// <summary>Announces and creates a function, or the next definition of one.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> DefineAsync(string name, Action<Function>? change = null)
    {
        var definition = new Function
        {
            FunctionName = name,
            ModuleName = "test",
            ImageId = image,
            FunctionType = Function.Types.FunctionType.Function,
            SupportedInputFormats = { DataFormat.Pickle, DataFormat.Cbor },
            SupportedOutputFormats = { DataFormat.Pickle, DataFormat.Cbor },
            TimeoutSecs = 120,
            Resources = new Resources { MilliCpu = 10, MemoryMb = 16 },
            AutoscalerSettings = new AutoscalerSettings { MaxContainers = 1 },
        };
        change?.Invoke(definition);
        var announced = new FunctionPrecreateRequest
        {
            AppId = id,
            FunctionName = name,
            ExistingFunctionId = functions.GetValueOrDefault(name, ""),
            WebhookConfig = definition.WebhookConfig,
        };
        string function = (await rig.Client.FunctionPrecreateAsync(announced, rig.Credentials)).FunctionId;
        var request = new FunctionCreateRequest { AppId = id, Function = definition, ExistingFunctionId = function };
        FunctionCreateResponse created = await rig.Client.FunctionCreateAsync(request, rig.Credentials);
        Assert.Equal((function, name), (created.FunctionId, created.HandleMetadata.FunctionName));
        functions[name] = function;
        WebUrl = created.HandleMetadata.WebUrl;
        Created = created;
        definitions[function] = created.HandleMetadata.DefinitionId;
        return function;
    }

    /// <summary>What a function was defined as last.</summary>
    public string DefinitionOf(string function) => definitions[function];

    public async Task<string> DefineClassAsync(string name, Action<Function>? change = null)
    {
        await DefineAsync(name + ".*", change);
        var request = new ClassCreateRequest { AppId = id, ExistingClassId = classes.GetValueOrDefault(name, "") };
        return classes[name] = (await rig.Client.ClassCreateAsync(request, rig.Credentials)).ClassId;
    }

    /// <summary>Makes it what it was defined as; with a name it is deployed.</summary>
    public async Task<AppPublishResponse> PublishAsync(string? name = null, string tag = "", bool staged = false) => await rig.Client.AppPublishAsync(
        new AppPublishRequest
        {
            AppId = id,
            Name = name ?? "",
            DeploymentTag = tag,
            Staged = staged,
            AppState = name is null ? AppState.Ephemeral : AppState.Deployed,
            FunctionIds = { functions },
            ClassIds = { classes },
            DefinitionIds = { definitions },
        },
        rig.Credentials);

    public async Task StopAsync() => await rig.Client.AppStopAsync(new AppStopRequest { AppId = id }, rig.Credentials);
}

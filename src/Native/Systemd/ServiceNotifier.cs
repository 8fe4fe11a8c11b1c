namespace Appliance.Native.Systemd;
public sealed class ServiceNotifier : IDisposable { public static ServiceNotifier Open()=>new(); public void Ready(){} public void Stopping(){} public void Dispose(){} }
